/** What stops the set-up: a sentence for the person in front of it, shown without a stack. */
export class Refusal extends Error {}

/** Something is to be compiled and there is nothing to compile it with. */
export class MissingCompilers extends Refusal {}
