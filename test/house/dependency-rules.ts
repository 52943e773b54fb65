const GROUND = String.raw`^src/(config|settings|setting-checks|key-strength|cron|log|metrics|failpoints|database-away|database-hosts|fair-queue)\.ts$`;
const PRODUCT = String.raw`^(src|migrations)/|^ormconfig\.ts$`;

/**
 * Who may import whom, as dependency-cruiser takes it; an import of a type counts like any other. Imports go down:
 * main, app.module, service → features → edges (http, wechat, data, invoice-files) → domain.
 */
export const RULES = [
  rule('no-cycles', 'two files that need each other are one file, or lack a third', {}, { circular: true }),
  rule(
    'domain-is-alone',
    'rules without IO, clock or framework can be read and tested by themselves',
    { path: '^src/domain/' },
    { pathNot: '^src/domain/' },
  ),
  rule(
    'ground-is-alone',
    'settings and log are below everything',
    { path: GROUND },
    { path: '^src/', pathNot: GROUND },
  ),
  rule(
    'edges-know-no-feature',
    'an edge that knows a feature cannot serve the next one',
    { path: '^src/(http|wechat|data|invoice-files)/' },
    { path: '^src/', pathNot: `^src/(http|wechat|data|invoice-files|domain)/|${GROUND}` },
  ),
  rule(
    'edges-know-no-other',
    'each edge hides one neighbour; wechat alone keeps something in the database (its tokens)',
    { path: '^src/(http|data|invoice-files)/' },
    { path: '^src/(http|wechat|data|invoice-files)/', pathNot: '^src/$1/' },
  ),
  rule(
    'wechat-knows-data-only',
    'what WeChat says does not depend on how our callers are met',
    { path: '^src/wechat/' },
    { path: '^src/(http|invoice-files)/' },
  ),
  rule(
    'features-know-no-top',
    'the top puts features together; a feature that reaches up closes a circle',
    { path: '^src/[^/]+/' },
    { path: String.raw`^src/((main|app\.module|service|schedule)\.ts$|cli/)`, pathNot: '^src/cli/' },
  ),
  rule(
    'sandbox-is-apart',
    'a simulator that shared our code would share our mistakes: only what WeChat publishes is common',
    { path: '^src/sandbox/' },
    { path: '^(src|migrations|bench|test)/', pathNot: String.raw`^src/(sandbox/|wechat/(errcodes|wire)\.ts$)` },
  ),
  rule(
    'product-needs-no-sandbox',
    'nothing of the simulated WeChat, the demo, the bench or the tests runs in production',
    { path: PRODUCT, pathNot: '^src/(demo|sandbox)/' },
    { path: '^(src/(demo|sandbox)|bench|test)/' },
  ),
  rule(
    'migrations-are-frozen',
    'a migration that imports code changes when the code does',
    { path: '^migrations/' },
    { path: '^src/' },
  ),
  rule(
    'production-packages',
    'a production image has no development packages (the demo runs from a checkout)',
    { path: PRODUCT, pathNot: '^src/demo/' },
    { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'] },
  ),
];

interface Side {
  path?: string;
  pathNot?: string;
  circular?: boolean;
  dependencyTypes?: string[];
}

function rule(name: string, comment: string, from: Side, to: Side) {
  return { name, comment, severity: 'error', from, to };
}
