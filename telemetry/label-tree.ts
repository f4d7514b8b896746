type Branch<Leaf> = Map<string, Branch<Leaf> | Leaf>;

/** Leaves by a fixed number of texts, found by one look into a Map for each: no text is joined and no key made. */
export class LabelTree<Leaf> {
  readonly #depth: number;
  readonly #create: () => Leaf;
  readonly #root: Branch<Leaf> = new Map();
  /** Of a tree without labels. */
  readonly #only: Leaf | undefined;

  /** `create` makes a leaf that is asked for the first time. */
  constructor(depth: number, create: () => Leaf) {
    this.#depth = depth;
    this.#create = create;
    this.#only = depth === 0 ? create() : undefined;
  }

  of(texts: readonly string[]): Leaf {
    if (this.#only !== undefined) return this.#only;
    let branch = this.#root;
    const last = this.#depth - 1;
    for (let place = 0; place < last; place++) {
      let next = branch.get(texts[place]!) as Branch<Leaf> | undefined;
      if (next === undefined) {
        next = new Map();
        branch.set(texts[place]!, next);
      }
      branch = next;
    }
    let leaf = branch.get(texts[last]!) as Leaf | undefined;
    if (leaf === undefined) {
      leaf = this.#create();
      branch.set(texts[last]!, leaf);
    }
    return leaf;
  }

  remove(texts: readonly string[]): void {
    let branch: Branch<Leaf> | undefined = this.#root;
    for (const text of texts.slice(0, -1)) branch = branch?.get(text) as Branch<Leaf> | undefined;
    branch?.delete(texts.at(-1) ?? '');
  }

  *entries(): Generator<readonly [texts: readonly string[], leaf: Leaf]> {
    if (this.#only !== undefined) yield [[], this.#only];
    else yield* this.#below(this.#root, []);
  }

  *#below(branch: Branch<Leaf>, texts: readonly string[]): Generator<readonly [readonly string[], Leaf]> {
    for (const [text, next] of branch) {
      const path = [...texts, text];
      if (path.length === this.#depth) yield [path, next as Leaf];
      else yield* this.#below(next as Branch<Leaf>, path);
    }
  }
}
