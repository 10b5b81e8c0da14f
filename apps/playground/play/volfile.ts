/** The text that a graph of the playground is made from; the others are modules. */
export const VOLFILE = '/graph.vol';
