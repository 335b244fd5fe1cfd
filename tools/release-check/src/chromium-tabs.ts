import { setTimeout as sleep } from 'node:timers/promises';
import { chromiumFlags } from '@sonnetjs/chromium';
import { chromium } from 'playwright';

/** The title that a page has until it reports. */
const waiting = 'waits';

/** A Chromium that opens one page after the other. */
export interface Tabs {
  /**
   * Opens a page and waits until it has changed its title.
   *
   * @returns The title.
   * @throws Error when it takes half a minute; the message has what the page printed.
   */
  titleOf(url: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts a Chromium. */
export async function openTabs(executablePath: string): Promise<Tabs> {
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  return {
    async titleOf(url) {
      const tab = await browser.newPage();
      const printed: string[] = [];
      tab.on('console', (message) => printed.push(message.text()));
      tab.on('pageerror', (error) => printed.push(String(error)));
      try {
        await tab.goto(url);
        // Not with `waitForFunction`, which a Content-Security-Policy stops.
        for (let attempt = 0; attempt < 300; attempt++) {
          const title = await tab.title();
          if (title !== waiting) return title;
          await sleep(100);
        }
        throw new Error(`the page did not report; it printed:\n${printed.join('\n')}`);
      } finally {
        await tab.close();
      }
    },
    close: () => browser.close(),
  };
}
