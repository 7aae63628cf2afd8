/** What stops the set-up: a sentence for the person in front of it, shown without a stack. */
export class Refusal extends Error {}
