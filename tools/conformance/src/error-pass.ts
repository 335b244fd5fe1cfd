import type { Case, ErrorRecord } from './case-format.ts';
import type { Comparison } from './compare.ts';
import { compareError, namesToProbe, scopeNameOf } from './errors.ts';
import { runInGraph } from './graph-pass.ts';
import { type GraphSnapshot, probeNames, snapshotDifferences, takeSnapshot } from './graph-state.ts';
import { Interpreter, type RunObserver } from './interpreter.ts';

/** What is known before a call: its number in the order of calls, and what the graph held. */
interface BeforeCall {
  readonly index: number;
  readonly snapshot: GraphSnapshot;
}

/** A call that failed, and the names that scopes would get afterwards. */
interface FailedCall {
  readonly index: number;
  readonly names: Record<string, string>;
}

/** Runs a case that must fail: compares its error, and what the failed call left behind with what there was before. */
export function compareErrorCase(item: Case, record: ErrorRecord, comparison: Comparison): void {
  const names = namesToProbe(item);
  const failed: FailedCall[] = [];
  let calls = 0;
  const interpreter = new Interpreter({
    beforeCall: (): BeforeCall => ({ index: calls++, snapshot: takeSnapshot() }),
    afterFailure: (_, before) => {
      const { index, snapshot } = before as BeforeCall;
      for (const { what, expected, got } of snapshotDifferences(snapshot, takeSnapshot())) {
        comparison.add(`after the error: ${what}`, expected, got);
      }
      failed.push({ index, names: probeNames(names) });
    },
  });
  const error = runInGraph(() => interpreter.run(item));
  if (error === null) comparison.add('error', record.type, 'no error');
  else {
    const modules = [...interpreter.names.values()].map(scopeNameOf).filter((name) => name !== '');
    compareError(item, record, error, interpreter.failure, modules, comparison);
  }
  for (const call of failed)
    comparison.same('after the error: names', namesBefore(item, call.index, names), call.names);
}

/** The names that scopes would get just before a call, found in a run of the case that stops there. */
function namesBefore(item: Case, index: number, names: readonly string[]): Record<string, string> {
  let calls = 0;
  let found: Record<string, string> = {};
  const observer: RunObserver = {
    beforeCall: () => {
      if (calls++ < index) return;
      found = probeNames(names);
      throw new Error('The run stops here.');
    },
  };
  runInGraph(() => new Interpreter(observer).run(item));
  return found;
}
