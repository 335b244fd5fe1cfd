import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { NameScope } from './name-scope.ts';
import { UndoLog } from './undo-log.ts';

/** TensorFlow's rule, with its table of all names in use. */
class NamesInUse {
  readonly #counts = new Map<string, number>();

  unique(name: string): string {
    const key = name.toLowerCase();
    let number = this.#counts.get(key) ?? 0;
    this.#counts.set(key, number + 1);
    if (number === 0) return name;
    while (this.#counts.has(`${key}_${number}`)) number++;
    this.#counts.set(`${key}_${number}`, 1);
    return `${name}_${number}`;
  }
}

const log = new UndoLog();

function use(scope: NameScope, ...names: string[]): string[] {
  return names.map((name) => scope.unique(name, log).path);
}

describe('NameScope.unique', () => {
  it('numbers the uses of a name', () => {
    expect(use(NameScope.root(), 'linear', 'linear', 'mlp', 'linear')).toEqual([
      'linear',
      'linear_1',
      'mlp',
      'linear_2',
    ]);
  });

  it('steps over a number that was used as a name of its own', () => {
    expect(use(NameScope.root(), 'linear_1', 'linear', 'linear', 'linear')).toEqual([
      'linear_1',
      'linear',
      'linear_2',
      'linear_3',
    ]);
  });

  it('numbers a name that an earlier use of another name was given', () => {
    expect(use(NameScope.root(), 'linear', 'linear', 'linear_1', 'linear_1', 'linear_1_1')).toEqual([
      'linear',
      'linear_1',
      'linear_1_1',
      'linear_1_2',
      'linear_1_1_1',
    ]);
  });

  it('takes names that differ in capitals for one, and keeps the capitals of each', () => {
    expect(use(NameScope.root(), 'Net', 'net', 'NET', 'nEt_1')).toEqual(['Net', 'net_1', 'NET_2', 'nEt_1_1']);
  });

  it('counts inside each scope anew, also in those of later connections', () => {
    const root = NameScope.root();
    for (const outer of ['mlp', 'mlp_1']) {
      expect(use(root.unique('mlp', log), 'linear', 'linear')).toEqual([`${outer}/linear`, `${outer}/linear_1`]);
    }
  });

  it('makes only the last part of a path unique', () => {
    const root = NameScope.root();
    expect(use(root, 'a/b', 'a/b', 'a', 'a')).toEqual(['a/b', 'a/b_1', 'a', 'a_1']);
  });

  it('does not take a scope for used because something inside it is', () => {
    const root = NameScope.root();
    expect(use(root, 'a_1/b', 'a', 'a')).toEqual(['a_1/b', 'a', 'a_1']);
    expect(use(root, 'a_1')).toEqual(['a_1_1']);
  });

  it('remembers what is inside a scope that was entered by its path before', () => {
    const root = NameScope.root();
    use(root, 'a_1/b', 'a');
    expect(use(root.unique('a', log), 'b')).toEqual(['a_1/b_1']);
  });

  it('gives the names that TensorFlow gives, whatever is asked for in whatever order', () => {
    const name = fc.constantFrom('a', 'A', 'a_1', 'a_2', 'a_1_1', 'b', 'a_01', 'a_');
    fc.assert(
      fc.property(fc.array(name, { maxLength: 40 }), (names) => {
        const tensorFlow = new NamesInUse();
        expect(use(NameScope.root(), ...names)).toEqual(names.map((asked) => tensorFlow.unique(asked)));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('is as it was after its uses were taken back', () => {
    const name = fc.constantFrom('a', 'A', 'a_1', 'a_1_1', 'b', 'b_1', 'a/b', 'a_1/b');
    const names = fc.array(name, { maxLength: 12 });
    fc.assert(
      fc.property(names, names, names, (before, failed, after) => {
        const root = NameScope.root();
        const undoLog = new UndoLog();
        use(root, ...before);
        const mark = undoLog.begin();
        for (const asked of failed) root.unique(asked, undoLog);
        undoLog.rollBack(mark);
        const untouched = NameScope.root();
        use(untouched, ...before);
        expect(use(root, ...after)).toEqual(use(untouched, ...after));
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  it.each(['a b', 'é', 'a:0', 'x\n'])('refuses the name %j', (name) => {
    expect(() => NameScope.root().unique(name, log)).toThrow(ValueError);
  });

  it('lets only inner scopes begin with an underscore or a dash', () => {
    const root = NameScope.root();
    expect(() => root.unique('_a', log)).toThrow("'_a' is not a valid name of an outermost scope");
    expect(use(root.unique('a', log), '_a', '-a')).toEqual(['a/_a', 'a/-a']);
  });
});

describe('NameScope.reenter', () => {
  it('enters an absolute name as it is', () => {
    const root = NameScope.root();
    const inner = root.unique('a', log).unique('b', log);
    expect(inner.reenter('a').path).toBe('a');
    expect(inner.reenter('c/d').path).toBe('c/d');
    expect(inner.reenter('c//e/').path).toBe('c/e');
    expect(inner.reenter('')).toBe(root);
  });

  it('goes on counting where a scope was left', () => {
    const root = NameScope.root();
    use(root.unique('a', log), 'b');
    expect(use(root.reenter('a'), 'b')).toEqual(['a/b_1']);
  });

  it('goes on counting in the open scope of a later connection', () => {
    const root = NameScope.root();
    use(root, 'a');
    const open = root.unique('a', log);
    const inner = open.unique('b', log);
    expect(use(inner.reenter('a_1'), 'b')).toEqual(['a_1/b_1']);
  });

  it('does not count as a use', () => {
    const root = NameScope.root();
    root.reenter('a');
    expect(use(root, 'a')).toEqual(['a']);
  });
});
