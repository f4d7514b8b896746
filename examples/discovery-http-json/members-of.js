/** @import { Member, PluginLogger } from 'braid/plugin' */

const ADDRESS = /^[^/\s]+:\d{1,5}$/;
const ROLES = new Set(['router', 'writer', 'reader']);

/**
 * The members in `{ "members": [...] }` or a bare array. Entries that are no members are left out with a warning; what is no list at all throws.
 *
 * @param {unknown} json
 * @param {PluginLogger} logger
 * @returns {readonly Member[]}
 */
export function membersOf(json, logger) {
  const entries = Array.isArray(json) ? json : json?.members;
  if (!Array.isArray(entries)) throw new Error('it is neither an array nor an object with an array "members"');
  /** @type {Map<string, Member>} */
  const members = new Map();
  for (const entry of entries) {
    const member = memberOf(entry);
    if (member && !members.has(member.nodeId)) members.set(member.nodeId, member);
    else logger.warn({ entry }, 'an entry is no member, or names a node twice: it is left out');
  }
  return [...members.values()];
}

/** @returns {Member | undefined} */
function memberOf(entry) {
  const { address, nodeId = address, roles = ['reader'], zone, weight, labels } = Object(entry);
  const isMember =
    typeof address === 'string' &&
    ADDRESS.test(address) &&
    typeof nodeId === 'string' &&
    Array.isArray(roles) &&
    roles.length > 0 &&
    roles.every((role) => ROLES.has(role)) &&
    (zone === undefined || typeof zone === 'string') &&
    (weight === undefined || (typeof weight === 'number' && weight > 0)) &&
    (labels === undefined || isTextRecord(labels));
  if (!isMember) return undefined;
  return { nodeId, address, roles, ...(zone && { zone }), ...(weight && { weight }), ...(labels && { labels }) };
}

function isTextRecord(value) {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((member) => typeof member === 'string')
  );
}
