/** What TypeScriptToLua's printer leaves: pieces of text, each with the line of the source it comes from. */
export interface PrintedNode {
  readonly line: number | null;
  readonly children: readonly (string | PrintedNode)[];
}

/**
 * For each line of the text the first line of the source that went into it; where none is told, that of the statement around
 * it, and of what is before all statements none.
 */
export function linesOf(root: object): number[] {
  const lines: { own?: number; outer?: number }[] = [{}];
  const visit = (node: PrintedNode, outer: number | null): void => {
    const around = node.line ?? outer;
    for (const child of node.children) {
      if (typeof child !== 'string') {
        visit(child, around);
        continue;
      }
      for (const [i, part] of child.split('\n').entries()) {
        if (i > 0) lines.push({});
        const line = lines[lines.length - 1];
        if (part.trim() === '' || line === undefined) continue;
        if (node.line !== null) line.own ??= node.line;
        else if (around !== null) line.outer ??= around;
      }
    }
  };
  visit(root as PrintedNode, null);
  return lines.map(({ own, outer }) => own ?? outer ?? 0);
}
