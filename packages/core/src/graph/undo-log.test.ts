import { describe, expect, it } from 'vitest';
import { UndoLog } from './undo-log.ts';

/** A number that can be changed and taken back. */
class Counter {
  value = 0;
  readonly #log: UndoLog;

  constructor(log: UndoLog) {
    this.#log = log;
  }

  set(value: number): void {
    this.#log.record(this, this.value);
    this.value = value;
  }

  undo(previous: number): void {
    this.value = previous;
  }
}

describe('UndoLog', () => {
  it('takes back what was changed since a transaction began, the latest first', () => {
    const log = new UndoLog();
    const counter = new Counter(log);
    const order: string[] = [];
    counter.set(1);
    const mark = log.begin();
    counter.set(2);
    log.recordAction(() => order.push(`at ${counter.value}`));
    counter.set(3);
    log.recordAction(() => order.push(`at ${counter.value}`));
    log.rollBack(mark);
    expect([counter.value, order, log.active]).toEqual([1, ['at 3', 'at 2'], false]);
  });

  it('keeps what a transaction that succeeded has changed', () => {
    const log = new UndoLog();
    const counter = new Counter(log);
    log.begin();
    counter.set(2);
    log.commit();
    const mark = log.begin();
    log.rollBack(mark);
    expect(counter.value).toBe(2);
  });

  it('remembers nothing of what is changed outside of transactions', () => {
    const log = new UndoLog();
    new Counter(log).set(1);
    log.recordAction(() => {});
    expect(log.begin()).toBe(0);
    log.commit();
  });

  it('takes back inner transactions by themselves, and with the one around them', () => {
    const log = new UndoLog();
    const counter = new Counter(log);
    const outer = log.begin();
    counter.set(1);
    const failed = log.begin();
    counter.set(2);
    log.rollBack(failed);
    expect(counter.value).toBe(1);
    log.begin();
    counter.set(3);
    log.commit();
    expect([counter.value, log.active]).toEqual([3, true]);
    log.rollBack(outer);
    expect([counter.value, log.active]).toEqual([0, false]);
  });

  it('counts roll-backs and outermost transactions', () => {
    const log = new UndoLog();
    expect([log.serial, log.rollBacks]).toEqual([0, 0]);
    const first = log.begin();
    const serial = log.serial;
    log.rollBack(log.begin());
    expect([log.serial, log.rollBacks]).toEqual([serial, 1]);
    log.rollBack(first);
    log.begin();
    expect([log.serial === serial, log.rollBacks]).toEqual([false, 2]);
    log.commit();
    expect(log.serial).toBe(0);
  });
});

describe('what is settled', () => {
  it('is so with the outermost transaction, and not when that fails', () => {
    const log = new UndoLog();
    const events: string[] = [];
    const change = (name: string): void =>
      log.recordAction(
        () => events.push(`undo ${name}`),
        () => events.push(`settle ${name}`),
      );
    log.begin();
    log.begin();
    change('a');
    log.commit();
    expect(events).toEqual([]);
    log.commit();
    const mark = log.begin();
    change('b');
    log.rollBack(mark);
    log.begin();
    log.commit();
    expect(events).toEqual(['settle a', 'undo b']);
  });

  it('is so at once outside of a transaction', () => {
    const log = new UndoLog();
    const events: string[] = [];
    log.recordAction(
      () => events.push('undo'),
      () => events.push('settle'),
    );
    expect(events).toEqual(['settle']);
  });
});
