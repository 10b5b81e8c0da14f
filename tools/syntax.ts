/** Nodes of a syntax tree (ESTree), as far as tools read them. */

export interface SyntaxNode extends Record<string, unknown> {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
