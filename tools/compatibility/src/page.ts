import { everywhere } from './differences.ts';
import { packages } from './packages.ts';
import { deviationTexts, type Row, type Status } from './survey.ts';

/** What each status means, in the order in which the page counts them. */
const LEGEND: Readonly<Record<Status, string>> = {
  same: "the package exports it, all of Sonnet's public members are there, and no deviation of its own is known",
  differs: 'as above, with the deviations that are named',
  type: 'there is a TypeScript type: nothing is left of it when a program runs',
  incomplete: 'exported, but the members that are named are missing',
  missing: 'there is no such export',
  'not needed': 'Python needs it, JavaScript does not; the reason is given',
};

/**
 * Writes the page as Markdown.
 *
 * @throws Error when a symbol is in a package that the page does not have.
 */
export function page(rows: readonly Row[]): string {
  const homeless = rows.find(({ symbol }) => symbol.package !== null && !Object.hasOwn(packages, symbol.package));
  if (homeless !== undefined) throw new Error(`The page has no section for ${homeless.symbol.package}.`);
  const sections = [
    introduction(rows),
    ...Object.keys(packages).map((name) =>
      table(
        name,
        rows.filter(({ symbol }) => symbol.package === name),
      ),
    ),
    notNeeded(rows.filter(({ status }) => status === 'not needed')),
    deviationList(rows),
  ];
  return `${sections.join('\n\n')}\n`;
}

function introduction(rows: readonly Row[]): string {
  const statuses = Object.entries(LEGEND).map(([status, meaning]) => {
    return `| ${status} | ${rows.filter((row) => row.status === status).length} | ${meaning} |`;
  });
  return `# Compatibility with Sonnet 1.36

<!-- Written by \`pnpm compatibility\`: change tools/compatibility instead. CI fails when this page is out of date. -->

Every public symbol of Sonnet 1.36 in Python, and the internal ones that its own tests and users reach for: ${rows.length} in all.
The page is generated. Exports were looked up in the built packages and their members in the built declarations, by the
compiler; each of them is exported by \`sonnetjs\` as well. No status is written by hand.

| status | symbols | meaning |
|---|---|---|
${statuses.join('\n')}

*Members* counts Sonnet's public methods and properties that were found, out of those that Sonnet has. *Cases* counts the golden
cases of [the conformance runner](../tools/conformance/README.md) in this repository that use the symbol. *Deviations* are
numbers in [the list below](#deviations).

What holds everywhere, and is not repeated:

${everywhere.map((text) => `- ${text}`).join('\n')}`;
}

function table(name: string, rows: readonly Row[]): string {
  const lines = rows.map(({ symbol, status, missingMembers, cases, deviations }) => {
    const total = symbol.members?.length ?? 0;
    const members = total === 0 ? '' : `${total - missingMembers.length}/${total}`;
    const notes = [
      ...missingMembers.map((member) => `lacks \`${member}\``),
      ...(symbol.note === undefined ? [] : [symbol.note]),
      ...(deviations.length === 0 ? [] : [deviations.map((number) => `[${number}](#deviations)`).join(', ')]),
    ];
    const cells = [`\`snt.${symbol.name}\``, `\`${symbol.path}\``, status, members, cases || '', notes.join('; ')];
    return `| ${cells.join(' | ')} |`;
  });
  return `## ${name}

| Sonnet | here | status | members | cases | deviations |
|---|---|---|---|---|---|
${lines.join('\n')}`;
}

function notNeeded(rows: readonly Row[]): string {
  return `## Not needed

| Sonnet | why |
|---|---|
${rows.map(({ symbol }) => `| \`snt.${symbol.name}\` | ${symbol.notNeeded} |`).join('\n')}`;
}

function deviationList(rows: readonly Row[]): string {
  const used = new Set(rows.flatMap(({ deviations }) => deviations));
  const lines = deviationTexts.map(({ text, page: link }, i) => {
    return `${i + 1}. ${text} ([${labelOf(link)}](${link}))${used.has(i + 1) ? '' : ' (no case in this repository)'}`;
  });
  return `## Deviations

Those with a rule are applied by the conformance runner: it changes what such a case expects, or leaves it out.

${lines.join('\n')}`;
}

function labelOf(link: string): string {
  if (link.endsWith('.ts')) return 'rule';
  return link.startsWith('decisions/') ? 'decision' : 'page';
}
