import ts from 'typescript';

/** What a write names whose table cannot be read from the source. */
export const UNKNOWN = '?';

const ORM_WRITES = new Set(
  'save insert upsert update updateAll delete deleteAll remove softDelete softRemove restore recover increment decrement clear into'.split(
    ' ',
  ),
);
const SQL_WRITES = [
  /\b(?:INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?("?\w*)/gi,
  /\bUPDATE\s+(?:ONLY\s+)?("?\w*\b"?|\?)(?:\s+(?:AS\s+)?\w+)?\s+SET\b/gi,
  /(?<!FOR )\bUPDATE\s+$/g,
];

/**
 * The tables that a source file writes: those named in its SQL, and those of entities it writes through TypeORM.
 * `tables` gives the table of an entity class. A write that hides its table counts as a write of `?`.
 */
export function tablesWritten(text: string, tables: ReadonlyMap<string, string>): string[] {
  const source = ts.createSourceFile('scanned.ts', text, ts.ScriptTarget.Latest, true);
  const repositories = repositoriesNamed(source);
  const found = new Set<string>();
  visit(source, (node) => {
    if (isText(node)) sqlWrites(textOf(node)).forEach((table) => found.add(table));
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    const written = ormWrite(node, node.expression, repositories, tables);
    if (written) found.add(tables.get(written) ?? UNKNOWN);
  });
  return [...found].sort();
}

function sqlWrites(sql: string): string[] {
  return SQL_WRITES.flatMap((pattern) => [...sql.matchAll(pattern)]).map(([, table]) => {
    return table?.replaceAll('"', '').toLowerCase() || UNKNOWN;
  });
}

/** The entity class that a call writes. */
function ormWrite(
  call: ts.CallExpression,
  { name, expression: receiver }: ts.PropertyAccessExpression,
  repositories: ReadonlyMap<string, string>,
  tables: ReadonlyMap<string, string>,
): string | undefined {
  const first = call.arguments[0]?.getText() ?? '';
  // A query builder's `.delete().from(Entity)`; its `.select().from(Entity)` reads.
  if (name.text === 'from' && tables.has(first) && /\.delete\(\)$/.test(receiver.getText())) return first;
  if (!ORM_WRITES.has(name.text)) return undefined;
  if (tables.has(first)) return first;
  const repository = repositoryOf(receiver, repositories);
  if (repository) return repository;
  // `manager.save(something)`: an entity, but which?
  return /(^|\.)(manager|entityManager)$/i.test(receiver.getText()) ? UNKNOWN : undefined;
}

/** The entity of the repository at the beginning of a chain of calls. */
function repositoryOf(node: ts.Expression, named: ReadonlyMap<string, string>): string | undefined {
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    if (!ts.isPropertyAccessExpression(expression)) return undefined;
    if (expression.name.text === 'getRepository') return node.arguments[0]?.getText();
    return repositoryOf(expression.expression, named);
  }
  if (ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node)) return repositoryOf(node.expression, named);
  if (ts.isIdentifier(node)) return named.get(node.text);
  if (ts.isPropertyAccessExpression(node)) return named.get(node.name.text);
  return undefined;
}

/** Variables, parameters and fields that hold a repository, or a query builder made from one: name → entity. */
function repositoriesNamed(source: ts.SourceFile): Map<string, string> {
  const named = new Map<string, string>();
  visit(source, (node) => {
    if (!ts.isVariableDeclaration(node) && !ts.isParameter(node) && !ts.isPropertyDeclaration(node)) return;
    const byType = /^Repository<(\w+)>$/.exec(node.type?.getText() ?? '')?.[1];
    const entity = byType ?? (node.initializer && repositoryOf(node.initializer, named));
    if (entity) named.set(node.name.getText(), entity);
  });
  return named;
}

function isText(node: ts.Node): node is ts.StringLiteralLike | ts.TemplateExpression {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** A template's text with `?` for what is filled in. */
function textOf(node: ts.StringLiteralLike | ts.TemplateExpression): string {
  if (!ts.isTemplateExpression(node)) return node.text;
  return node.head.text + node.templateSpans.map(({ literal }) => `${UNKNOWN}${literal.text}`).join('');
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}
