/** What a caller shows: a user's name and password. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Texts with `:` are a user and a password; the password may have more of them. Undefined for what Milvus takes for an API key, which Braid has none of. */
function credentialsOf(text: string): Credentials | undefined {
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** gRPC's `authorization`, as Milvus' SDKs send it: base64 of `user:password`. */
export function credentialsOfMetadata(authorization: string): Credentials | undefined {
  return credentialsOf(Buffer.from(authorization, 'base64').toString('utf8'));
}

/** HTTP's `Authorization`: `Bearer user:password` as in Milvus, or `Basic` (RFC 7617). */
export function credentialsOfHeader(authorization: string): Credentials | undefined {
  const [, scheme = '', text = ''] = /^(bearer|basic) +(\S.*)$/i.exec(authorization) ?? [];
  if (scheme === '') return undefined;
  return scheme.toLowerCase() === 'bearer' ? credentialsOf(text) : credentialsOfMetadata(text);
}
