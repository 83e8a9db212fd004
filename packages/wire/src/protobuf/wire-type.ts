/** How a field lies on the wire, the low three bits of its tag. Groups (3 and 4) do not exist in proto3. */
export const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
export type WireType = (typeof WireType)[keyof typeof WireType];
