import { median } from '../measuring/median.ts';
import { advance, floats, get, set, simd, until0, type WasmFunction, wasmModule } from './wasm-bytes.ts';

/** A loop in registers: no memory, nothing to wait for but the arithmetic units. */
export interface RegisterLoop {
  readonly name: string;
  /** Runs it once: some 0.2 ms. */
  readonly run: () => void;
  /** What one run computes: float32 operations, or for a division or root, results. */
  readonly operations: number;
}

/** The fastest loops of each kind that run here: what the arithmetic units do through WebAssembly. */
export interface ArithmeticLoops {
  /** Multiplications and additions, by two instructions or a fused one. */
  readonly flops: RegisterLoop;
  readonly divisions: RegisterLoop;
  /** Square roots. */
  readonly roots: RegisterLoop;
}

const add = simd(0xe4);
const multiply = simd(0xe6);
const divide = simd(0xe7);
const squareRoot = simd(0xe3);
const relaxedMultiplyAdd = simd(0x105);

/** The accumulators tried: enough to hide the latency, few enough to stay in 16 registers. */
const widths = [8, 10, 12, 13];

/** Whether the engine takes the instructions of relaxed SIMD. */
export function relaxedSimdValidates(): boolean {
  return WebAssembly.validate(wasmModule([registerLoop('madd', 8, fused)], 1));
}

/** The fastest loop of multiplications and additions that runs here. */
export function peakLoop(): RegisterLoop {
  return fastest(peakLoops());
}

/** Multiply and add, and where the engine takes it the fused instruction, each with several numbers of accumulators. */
export function peakLoops(): RegisterLoop[] {
  const plain = widths.map((width) => instantiate(`mul+add ×${width}`, width, multiplyAdd, 2));
  if (!relaxedSimdValidates()) return plain;
  return [...plain, ...widths.map((width) => instantiate(`relaxed madd ×${width}`, width, fused, 2))];
}

/** The loops that an arithmetic limit is measured with. */
export function arithmeticLoops(): ArithmeticLoops {
  const one = (name: string, step: Step): RegisterLoop =>
    fastest(widths.map((width) => instantiate(`${name} ×${width}`, width, step, 1)));
  return { flops: peakLoop(), divisions: one('div', division), roots: one('sqrt', root) };
}

/** One step of an accumulator: code that reads its local and leaves the new value. Constants are below 1, to stay finite. */
type Step = (accumulator: number) => number[];

const multiplyAdd: Step = (local) => [...get(local), ...get(1), ...multiply, ...get(2), ...add];
const fused: Step = (local) => [...get(local), ...get(1), ...get(2), ...relaxedMultiplyAdd];
const division: Step = (local) => [...get(1), ...get(local), ...divide];
const root: Step = (local) => [...get(local), ...squareRoot];

const iterations = 4096;
const unrolled = 4;

/** Local 0 counts, locals 1 and 2 hold constants, the accumulators follow. */
function registerLoop(name: string, width: number, step: Step): WasmFunction {
  const accumulators = Array.from({ length: width }, (_, i) => 3 + i);
  const body = Array.from({ length: unrolled }, () => accumulators.flatMap((local) => [...step(local), ...set(local)]));
  return {
    name,
    parameters: 1,
    givesFloat: true,
    vectorLocals: 2 + width,
    code: [
      ...[...floats(0.999), ...set(1), ...floats(0.001), ...set(2)],
      ...accumulators.flatMap((local) => [...floats(0.5 + local / 64), ...set(local)]),
      ...until0(0, [...body.flat(), ...advance(0, -1)]),
      ...accumulators.flatMap((local) => [...get(local), ...(local === 3 ? [] : add)]),
      ...[...simd(0x1f), 0],
    ],
  };
}

function instantiate(name: string, width: number, step: Step, operationsEach: number): RegisterLoop {
  const module = new WebAssembly.Module(wasmModule([registerLoop('run', width, step)], 1));
  const { run } = new WebAssembly.Instance(module).exports as { run: (count: number) => number };
  const checked = (): void => {
    if (!(run(iterations) > 0)) throw new Error(`The loop ${name} computed no number.`);
  };
  return { name, run: checked, operations: iterations * unrolled * width * 4 * operationsEach };
}

/** Microseconds a run, after the engine has optimized it. */
function timeOf({ run }: RegisterLoop): number {
  const times = Array.from({ length: 40 }, () => {
    const start = performance.now();
    run();
    return (performance.now() - start) * 1000;
  });
  return median(times.slice(20));
}

function fastest(loops: readonly RegisterLoop[]): RegisterLoop {
  const rates = loops.map((loop) => loop.operations / timeOf(loop));
  return loops[rates.indexOf(Math.max(...rates))] as RegisterLoop;
}
