export function scratchFolder(): string;
export function bundle(entry: string, name: string): Promise<string>;
export function bundleCli(): Promise<string>;
export function bundleModules(): Promise<string>;
