/** What may leave the client in a message: no token, no SQL, no stack trace, one line. */

const SQL =
  /\b(select\b.*\bfrom|insert\s+into|update\b.*\bset|delete\s+from|with\s+\S+\s+as\s*\(|(alter|create|drop|truncate)\s+table)\s/is;

/** Make a text of the server fit to show. Database drivers write `<statement> - <reason>`; the reason is kept. */
export function clean(text: string): string {
  const reason = / - ([^]*)$/.exec(text)?.[1] ?? "";
  if (SQL.test(text)) text = SQL.test(reason) || !reason ? "The database refused a statement." : reason.replace(/^.* - /s, "");
  return text
    .slice(0, 4000)
    .replace(/^\s*at .*$/gm, "")
    .replace(/eyJ[\w.-]+/g, "<token>")
    .replace(/((bearer |(authorization|token|jwt|password)["']?\s*[:=]\s*["']?)((basic|bearer) )?)[^\s"',;&]+/gi, "$1<hidden>")
    .replace(/[\s\x00-\x1f\x7f-\x9f]+/g, " ")
    .trim()
    .slice(0, 500);
}
