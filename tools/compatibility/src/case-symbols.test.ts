import type { Case } from '@sonnetjs/conformance/case-format';
import { describe, expect, it } from 'vitest';
import { CaseSymbols } from './case-symbols.ts';
import { memberName, type SonnetSymbol } from './symbols.ts';

const symbol = (name: string): SonnetSymbol => ({ name, kind: 'class', package: '@sonnetjs/core', path: name });
const symbols = ['Linear', 'nets.MLP', 'nest.flatten', 'format_variables', 'ValueError'].map(symbol);
const caseSymbols = new CaseSymbols(symbols);

const item = (fields: Partial<Case>): Case => ({ id: 'x/1', class: 'x', kind: 'module', ...fields });
const names = (found: ReadonlySet<SonnetSymbol>) => [...found].map(({ name }) => name).sort();

describe('the symbols of a case', () => {
  it('are all that it uses, and of those its own', () => {
    const mlp = item({ class: 'MLP', module: 'nets.MLP', config: { inner: { module: 'Linear' } } });
    expect(names(caseSymbols.usedIn(mlp))).toEqual(['Linear', 'nets.MLP']);
    expect(names(caseSymbols.subjectsOf(mlp))).toEqual(['nets.MLP']);
  });

  it('are its functions rather than its module when its file is about a topic', () => {
    const listing = item({ class: 'util', module: 'Linear', calls: [{ function: 'snt.format_variables' }] });
    expect(names(caseSymbols.subjectsOf(listing))).toEqual(['format_variables']);
    const naming = item({ class: 'naming', module: 'Linear' });
    expect(names(caseSymbols.subjectsOf(naming))).toEqual(['Linear']);
  });

  it('are told by the class of a method, and by the error', () => {
    const calls = [{ function: 'snt.Linear.get_possible_initializer_keys' }, { function: 'tf.flatten' }];
    const error = { where: '', type: 'ValueError', raisedBy: 'sonnet', message: '' } as const;
    expect(names(caseSymbols.usedIn(item({ calls, error })))).toEqual(['Linear', 'ValueError']);
    expect(names(caseSymbols.usedIn(item({ calls: [{ function: 'snt.nest.flatten' }] })))).toEqual(['nest.flatten']);
  });
});

it('turns the names of members into camelCase', () => {
  expect(['w_dw', 'scale_2d', '__call__', 'b'].map(memberName)).toEqual(['wDw', 'scale2d', 'call', 'b']);
});
