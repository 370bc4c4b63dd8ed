import { crc32, createInflateRaw } from 'node:zlib'
import { SentenceError } from '../../../contract/parse.ts'
import type { ImportLimits } from './limits.ts'

/** An entry as the directory of a ZIP file promises it. Layout: PKWARE APPNOTE 6.3.9, sections 4.3.7, 4.3.12, 4.3.16, 4.5.3. */
export interface ZipEntry {
  readonly name: string
  readonly packedBytes: number
  readonly bytes: number
  readonly crc: number
  readonly deflated: boolean
  /** Where the packed bytes begin. */
  readonly start: number
}

const refuse = (place: string, why: string): never => {
  throw new SentenceError(`${place} must be an XLSX workbook: ${why}`)
}

/** Below this a high ratio is only a small file. */
const harmlessBytes = 5_000_000

/** The directory of a ZIP file, checked before anything is unpacked. Throws a SentenceError. */
export const readZipDirectory = (bytes: Uint8Array, place: string, limits: ImportLimits): ZipEntry[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = endRecord(view)
  if (end === undefined) return refuse(place, 'it has no ZIP directory, so it is damaged or cut off')
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  const entries: ZipEntry[] = []
  try {
    for (let i = 0; i < count; i++) {
      if (view.getUint32(at, true) !== 0x02014b50) return refuse(place, 'its ZIP directory is damaged')
      const { entry, next } = readEntry(view, bytes, at, place)
      entries.push(entry)
      at = next
    }
  } catch (cause) {
    if (cause instanceof RangeError) return refuse(place, 'its ZIP directory is damaged')
    throw cause
  }
  const sum = entries.reduce((total, entry) => total + entry.bytes, 0)
  if (sum > limits.unpackedBytes)
    return refuse(place, `unpacked it must have at most ${limits.unpackedBytes} bytes, got ${sum}`)
  if (sum > harmlessBytes && sum > limits.ratio * bytes.byteLength)
    return refuse(
      place,
      `unpacked it must be at most ${limits.ratio} times as large, got ${Math.round(sum / bytes.byteLength)} times`
    )
  return entries
}

const endRecord = (view: DataView): number | undefined => {
  const last = view.byteLength - 22
  for (let at = last; at >= Math.max(0, last - 65_535); at--) if (view.getUint32(at, true) === 0x06054b50) return at
  return undefined
}

const readEntry = (view: DataView, bytes: Uint8Array, at: number, place: string): { entry: ZipEntry; next: number } => {
  const flags = view.getUint16(at + 8, true)
  const method = view.getUint16(at + 10, true)
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map(offset => view.getUint16(at + offset, true))
  const nameEnd = at + 46 + (nameLength ?? 0)
  const name = Buffer.from(bytes.subarray(at + 46, nameEnd)).toString('utf8')
  if ((flags & 1) === 1) return refuse(place, 'it has a password')
  if (method !== 0 && method !== 8) return refuse(place, `${name} is packed in an unknown way (${method})`)
  const wide = wideFields(view, nameEnd, nameEnd + (extraLength ?? 0))
  const field = (offset: number): number => {
    const value = view.getUint32(at + offset, true)
    return value === 0xffffffff ? (wide.shift() ?? value) : value
  }
  // The order in which the wide fields stand: unpacked, packed, offset.
  const size = field(24)
  const packedBytes = field(20)
  const header = field(42)
  if (view.getUint32(header, true) !== 0x04034b50) return refuse(place, 'its ZIP directory is damaged')
  const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true)
  if (start + packedBytes > bytes.byteLength) return refuse(place, 'it is cut off')
  const entry = { name, packedBytes, bytes: size, crc: view.getUint32(at + 16, true), deflated: method === 8, start }
  return { entry, next: nameEnd + (extraLength ?? 0) + (commentLength ?? 0) }
}

/** The ZIP64 extra field: 64-bit sizes of what does not fit (or what a careful writer always widens). */
const wideFields = (view: DataView, from: number, to: number): number[] => {
  for (let at = from; at + 4 <= to;) {
    const length = view.getUint16(at + 2, true)
    if (view.getUint16(at, true) === 1)
      return Array.from({ length: Math.floor(length / 8) }, (_, i) => Number(view.getBigUint64(at + 4 + 8 * i, true)))
    at += 4 + length
  }
  return []
}

/** The unpacked bytes of an entry. Ends with a SentenceError as soon as there are more than promised, or when they are not the ones promised. */
export async function* unpack(bytes: Uint8Array, entry: ZipEntry, place: string): AsyncGenerator<Buffer> {
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset + entry.start, entry.packedBytes)
  let size = 0
  let crc = 0
  try {
    for await (const chunk of entry.deflated ? inflate(packed) : [packed]) {
      size += chunk.length
      if (size > entry.bytes) refuse(place, `${entry.name} unpacks to more than the ${entry.bytes} bytes it promises`)
      crc = crc32(chunk, crc)
      yield chunk
    }
  } catch (cause) {
    if (cause instanceof SentenceError) throw cause
    throw new SentenceError(`${place} must be an XLSX workbook: ${entry.name} is damaged`, '', { cause })
  }
  if (size !== entry.bytes || crc !== entry.crc) refuse(place, `${entry.name} is damaged`)
}

async function* inflate(packed: Buffer): AsyncGenerator<Buffer> {
  const stream = createInflateRaw()
  stream.end(packed)
  for await (const chunk of stream) yield chunk as Buffer
}
