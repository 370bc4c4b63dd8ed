/** What an import may be at most: a file from a school's mail must not take the collector down. */
export interface ImportLimits {
  readonly fileBytes: number
  /** Sum over the entries of a workbook, bytes. */
  readonly unpackedBytes: number
  /** Unpacked to packed. */
  readonly ratio: number
  /** Of all sheets. */
  readonly rows: number
  /** Faults, warnings and changes that a report lists; the rest is counted. */
  readonly shown: number
  /** Heap of the thread that reads, MB. */
  readonly heapMb: number
}

export const importLimits: ImportLimits = {
  fileBytes: 50_000_000,
  unpackedBytes: 500_000_000,
  ratio: 100,
  rows: 200_000,
  shown: 1000,
  heapMb: 1024
}
