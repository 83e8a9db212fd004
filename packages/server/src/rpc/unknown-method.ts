/** What calls of services and methods that nobody hosts are called: their own names would become metric labels. */
export const unknownMethod = { service: "unknown", name: "unknown" } as const;
