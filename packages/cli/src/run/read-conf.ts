import { resolve } from "node:path";
import {
  type ConfReport,
  checkServerConf,
  type Diagnostic,
  inReadingOrder,
  readOpModules,
  type ServerConfReport,
} from "@paddlewheel/conf";
import { ServeError } from "@paddlewheel/core";
import { registerDemo } from "@paddlewheel/demo";
import {
  createRegistries,
  findServiceFaults,
  importOpModule,
  knownNames,
  type Registries,
} from "@paddlewheel/server";

export interface ReadConfOptions {
  /** Folder of the conf files. */
  readonly dir: string;
  /** Modules of Ops beside those that conf names, as the flag `--ops` gives them. */
  readonly ops?: readonly string[] | undefined;
  /** Whether services run their workflows side by side where conf does not say. */
  readonly parallelServices?: boolean;
}

/** A conf set as checked against what the framework and the modules of Ops bring. */
export interface ReadConf {
  readonly report: ConfReport;
  readonly registries: Registries;
}

/** Imports the modules of Ops, checks the conf set, and builds its services to see that they can be. Starts nothing. */
export async function readConf({ dir, ops, parallelServices }: ReadConfOptions): Promise<ReadConf> {
  const registries = createRegistries();
  const lost = [...(await importFlagged(ops, registries)), ...(await importNamed(dir, registries))];
  // After the modules, as these may have Ops of their own by the demo's names.
  registerDemo(registries);
  const known = { ...knownNames(registries), isPartial: lost.length > 0 };
  const report = checkServerConf({ dir, known, ...(parallelServices ? { parallelServices } : {}) });
  const found = lost.length > 0 ? report.faults : [...report.faults, ...faultsOfServices(report, registries)];
  const faults = inReadingOrder([...lost, ...found]);
  const conf = faults.length > 0 ? undefined : report.conf;
  return { report: { ...report, conf, faults }, registries };
}

/** What shows only when services are built. */
function faultsOfServices(
  { conf, placeOf }: ServerConfReport,
  registries: Registries,
): readonly Diagnostic[] {
  const faults = conf ? findServiceFaults(conf, registries) : [];
  return faults.map(({ path, message }) => ({ ...placeOf(path), message }));
}

/**
 * Imports the modules of the flag `--ops`; each is a path from the working directory, or the name of a package.
 * @returns what is wrong with them.
 */
export async function importFlagged(
  ops: readonly string[] = [],
  registries: Registries,
): Promise<readonly Diagnostic[]> {
  const faults: Diagnostic[] = [];
  for (const module of ops) {
    const specifier = /^\.{0,2}\//.test(module) ? resolve(module) : module;
    const fault = await faultOf(importOpModule({ specifier, from: process.cwd(), registries }));
    if (fault !== undefined) faults.push({ file: "--ops", line: 0, field: "", message: fault });
  }
  return faults;
}

async function importNamed(dir: string, registries: Registries): Promise<readonly Diagnostic[]> {
  const faults: Diagnostic[] = [];
  for (const { specifier, place } of readOpModules({ dir }).modules) {
    const fault = await faultOf(importOpModule({ specifier, from: resolve(dir), registries }));
    if (fault !== undefined) faults.push({ ...place, message: fault });
  }
  return faults;
}

async function faultOf(importing: Promise<void>): Promise<string | undefined> {
  try {
    await importing;
    return undefined;
  } catch (thrown) {
    return ServeError.from(thrown).message;
  }
}
