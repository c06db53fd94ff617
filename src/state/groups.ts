/** Members in groups, each by its key. Nearly every group has one: it stands for itself, since a Map of one takes more than what is in it. */
export class Groups<Member extends object> {
  readonly #groups = new Map<string, Member | Map<string, Member>>();
  readonly #keyOf: (member: Member) => string;

  constructor(keyOf: (member: Member) => string) {
    this.#keyOf = keyOf;
  }

  membersOf(group: string): Iterable<Member> {
    const known = this.#groups.get(group);
    if (known === undefined) return [];
    return known instanceof Map ? known.values() : [known];
  }

  find(group: string, key: string): Member | undefined {
    const known = this.#groups.get(group);
    if (known instanceof Map) return known.get(key);
    return known !== undefined && this.#keyOf(known) === key ? known : undefined;
  }

  /** Whether there are several. */
  isCrowded(group: string): boolean {
    return this.#groups.get(group) instanceof Map;
  }

  set(group: string, member: Member): void {
    const key = this.#keyOf(member);
    const known = this.#groups.get(group);
    if (known instanceof Map) known.set(key, member);
    else if (known === undefined || this.#keyOf(known) === key) this.#groups.set(group, member);
    else this.#groups.set(group, new Map([known, member].map((each) => [this.#keyOf(each), each])));
  }

  delete(group: string, key: string): void {
    const known = this.#groups.get(group);
    if (!(known instanceof Map)) {
      if (known !== undefined && this.#keyOf(known) === key) this.#groups.delete(group);
      return;
    }
    known.delete(key);
    const [last] = known.values();
    if (known.size === 1 && last !== undefined) this.#groups.set(group, last);
  }
}
