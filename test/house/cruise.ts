import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RULES } from './dependency-rules';
import { ROOT } from './repository';

interface Cruise {
  /** `rule: from → to`, sorted. */
  violations: string[];
  /** Every import that was seen: file → files. */
  imports: Map<string, string[]>;
}

/** As Node resolves a package’s subpaths. */
const EXPORTS = { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] };

/** Applies the rules to the files of `folders` below `directory`. */
export function cruise(directory: string, folders: string[]): Cruise {
  const scratch = mkdtempSync(join(tmpdir(), 'piaoka-rules-'));
  try {
    const config = join(scratch, 'rules.json');
    // tsPreCompilationDeps: imports that the compiler erases count too.
    const options = {
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      enhancedResolveOptions: EXPORTS,
    };
    writeFileSync(config, JSON.stringify({ forbidden: RULES, options }));
    return readResult(run(directory, [...folders, '--config', config, '--output-type', 'json']));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** As a program, because the package is an ES module and Jest's modules are CommonJS. */
function run(directory: string, flags: string[]): string {
  const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  return execFileSync(process.execPath, [program, ...flags], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // A child of a test must not take what a parent's debugger or coverage puts here.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

interface Report {
  modules: { source: string; dependencies: { resolved: string }[] }[];
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
}

function readResult(json: string): Cruise {
  const { modules, summary } = JSON.parse(json) as Report;
  return {
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort(),
    imports: new Map(modules.map(({ source, dependencies }) => [source, dependencies.map(({ resolved }) => resolved)])),
  };
}
