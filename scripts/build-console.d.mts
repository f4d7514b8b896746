export function buildConsole(node: string): boolean;
