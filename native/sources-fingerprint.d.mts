/** SHA-256, in hexadecimal digits, of the names and contents of the files in `folder`. */
export function sourcesFingerprint(folder: string): string;
