// @nestjs/swagger's compiler plugin, for a checkout in any directory. It takes imported classes from the text of their
// types, where TypeScript writes every character beyond ASCII as \uXXXX, and it undoes percent signs in some of the
// paths only: below 我的 项目 or 100%25 its `require`s would name files that do not exist.
// Plain JavaScript because it runs before anything is built; nest-cli.json names it.
import * as swagger from '@nestjs/swagger/plugin';

export function before(options, program) {
  return swagger.before(options, readable(program));
}

/** The same program, whose types and directories read as the plugin understands them. */
function readable(program) {
  const checker = program.getTypeChecker();
  const { outDir, rootDir, ...others } = program.getCompilerOptions();
  return Object.create(program, {
    getTypeChecker: {
      value: () =>
        Object.create(checker, { typeToString: { value: (...type) => unescaped(checker.typeToString(...type)) } }),
    },
    getCompilerOptions: { value: () => ({ ...others, outDir: decoded(outDir), rootDir: decoded(rootDir) }) },
  });
}

/** `import("/home/\u6211/x").Y` → `import("/home/我/x").Y` */
function unescaped(type) {
  return type.replace(/(?<=import\()"(?:[^"\\]|\\.)*"/g, (path) => `"${JSON.parse(path)}"`);
}

/** As the plugin decodes the paths of files. */
function decoded(path) {
  try {
    return path && decodeURIComponent(path);
  } catch {
    return path;
  }
}
