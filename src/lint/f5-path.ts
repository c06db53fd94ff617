/** What F5's controller would not take of a path: internal/k8s/validation.go `validatePath`. Undefined where it takes it. */
export function judgeF5Path(path: string, pathType: string): string | undefined {
  if (path === '') return pathType === 'ImplementationSpecific' ? undefined : 'must be given for Exact and Prefix';
  if (!/^\/[^\s;]*$/.test(path)) return 'must begin with / and have no blanks and no ;';
  if (!isRegularExpression(path)) return 'must be a regular expression, whatever its type: escape ( [ * + ? by \\';
  if (!/^(?:[^"\\]|\\.)*$/.test(path)) return "must have every '\"' escaped and no \\ at its end";
  if (/\{[^}]*[A-Za-z][^}]*\}/.test(path)) return 'must have no letters in curly braces';
  const [folder] = reserved.exec(path) ?? [];
  if (folder !== undefined) return `must not have ${folder} in it: F5's controller takes it for a file of the system`;
  return undefined;
}

/** As it is written there: `^` and `$` belong to the first and the last word only, so that "/api/various" is refused. */
const reserved = /^\/etc\/|\/root|\/var|\\n|\\r$/;

/** The controller reads expressions of .NET (dlclark/regexp2); groups that JavaScript does not know are taken for such as it knows. */
function isRegularExpression(path: string): boolean {
  const known = path.replaceAll(/\(\?[imnsx-]+\)/g, '').replaceAll(/\(\?(?:>|[imnsx-]+:)/g, '(?:');
  try {
    new RegExp(known);
    return true;
  } catch {
    return false;
  }
}
