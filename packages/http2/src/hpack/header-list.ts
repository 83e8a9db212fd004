import { type HeaderField, headerFieldSize } from "./header-field.js";

/** What a header block says. Shared by all calls that decoded the same block: not to be changed. */
export interface DecodedHeaders {
  /** Empty when the list is too large, so that nobody acts on half a list. */
  readonly fields: readonly HeaderField[];
  /** The list passes a limit. The connection is sound; the request is to be refused. */
  readonly isTooLarge: boolean;
}

export interface HeaderListLimits {
  /** Names, values and 32 bytes per field (RFC 9113, 10.5.1), bytes. */
  readonly maxListSize: number;
  readonly maxFields: number;
}

const tooLarge: DecodedHeaders = { fields: [], isTooLarge: true };

/** Collects the fields of a block up to its limits: many mentions of one large entry cost no memory beyond them. */
export class HeaderList {
  readonly #limits: HeaderListLimits;
  readonly #fields: HeaderField[] = [];
  #size = 0;
  #count = 0;

  constructor(limits: HeaderListLimits) {
    this.#limits = limits;
  }

  /** Whether no field came at all, kept or not. */
  isEmpty(): boolean {
    return this.#count === 0;
  }

  add(field: HeaderField): void {
    this.#count++;
    this.#size += headerFieldSize(field);
    if (!this.#isTooLarge()) this.#fields.push(field);
  }

  decoded(): DecodedHeaders {
    return this.#isTooLarge() ? tooLarge : { fields: this.#fields, isTooLarge: false };
  }

  #isTooLarge(): boolean {
    return this.#size > this.#limits.maxListSize || this.#count > this.#limits.maxFields;
  }
}
