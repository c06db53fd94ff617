/**
 * Ends this process (SIGTERM) when the shell is gone that `npm run` has started it with: npm hands SIGTERM on to its
 * shell, and that ends without a word to its children.
 */
export function endWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  look.unref();
}
