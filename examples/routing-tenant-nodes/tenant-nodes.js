import { createHash } from 'node:crypto';

/**
 * @import { Member, PlacementExplanation, PlacementRequest, RoutingStrategy } from 'braid/plugin'
 * @typedef {{ readonly name: string, readonly partitionIds: readonly number[], readonly nodes: readonly string[] }} Tenant
 */

/**
 * Rendezvous hashing in which some members come first: for a tenant's partition its nodes, for all others the nodes that belong to no tenant. The rest follows, so that a search is
 * answered as long as anyone is there.
 *
 * @implements {RoutingStrategy}
 */
export class TenantNodes {
  name = 'tenant-nodes';
  #tenants;
  #isReserved;
  #nodesOfPartition = new Map();
  #reservedNodes = new Set();

  /** @param {readonly Tenant[]} tenants @param {boolean} isReserved */
  constructor(tenants, isReserved) {
    this.#tenants = tenants;
    this.#isReserved = isReserved;
    for (const { partitionIds, nodes } of tenants) {
      for (const id of partitionIds) this.#nodesOfPartition.set(id, new Set(nodes));
      for (const node of nodes) this.#reservedNodes.add(node);
    }
  }

  /** @param {PlacementRequest} request */
  place({ segments, members }) {
    return new Map(segments.map((segment) => [segment.id, this.#order(segment, members)]));
  }

  /** @param {PlacementRequest} request @returns {PlacementExplanation} */
  explain(request) {
    const placement = this.place(request);
    const owners = {};
    for (const [id, list] of placement) owners[id] = list.slice(0, request.replicaCount).map(({ nodeId }) => nodeId);
    return {
      strategy: this.name,
      placedBy: 'segment',
      owners,
      options: { tenants: this.#tenants, reserved: this.#isReserved },
    };
  }

  async [Symbol.asyncDispose]() {}

  /** @returns {Member[]} */
  #order({ id, partitionId }, members) {
    const wanted = this.#nodesOfPartition.get(partitionId);
    const isFirst = wanted ? ({ nodeId }) => wanted.has(nodeId) : ({ nodeId }) => !this.#isKept(nodeId);
    const ranked = members.map((member) => ({ member, isFirst: isFirst(member), score: score(id, member) }));
    ranked.sort((left, right) => Number(right.isFirst) - Number(left.isFirst) || right.score - left.score);
    return ranked.map(({ member }) => member);
  }

  #isKept(nodeId) {
    return this.#isReserved && this.#reservedNodes.has(nodeId);
  }
}

/** Weighted rendezvous hashing: a member gets a share of the segments in proportion to its weight, and a member that comes or goes moves only its own share. */
function score(segmentId, { nodeId, weight = 1 }) {
  const digest = createHash('sha1').update(`${segmentId}@${nodeId}`).digest();
  const uniform = (digest.readUInt32BE(0) + 0.5) / 2 ** 32;
  return -weight / Math.log(uniform);
}
