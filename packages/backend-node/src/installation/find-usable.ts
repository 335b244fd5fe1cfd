import { type Finding, findInstallation, type Installation } from './installation.ts';
import { packagesFor } from './package-names.ts';
import type { Problem } from './problem.ts';

/** What is looked for. */
export interface Search {
  /** Whether a GPU is wanted. */
  readonly gpu: boolean;
  readonly from?: string | URL | undefined;
}

/** A package to load, or why there is none. */
export type Usable =
  | { readonly installation: Installation; readonly problem?: undefined }
  | { readonly installation?: undefined; readonly problem: Problem };

/** The package that serves best, as far as can be told without loading it. */
export function findUsable({ gpu, from }: Search): Usable {
  const findings: Finding[] = packagesFor(gpu).map((packageName) => findInstallation(packageName, from));
  const sound = findings.find(({ problem }) => problem === undefined);
  if (sound?.installation !== undefined) return { installation: sound.installation };
  // What is there and does not work says more than what is not there.
  const { problem } = findings.find(({ installation }) => installation !== undefined) ?? (findings[0] as Finding);
  return { problem: problem as Problem };
}
