/**
 * A ZIP file with every entry dated 1980-01-01, so that equal contents are equal bytes. Walks the central directory (APPNOTE 4.3.12) from its end
 * record (4.3.16); a file without one comes back as it is.
 */
export const dateless = (file: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(file)
  const view = new DataView(bytes.buffer)
  const end = endRecordOf(view)
  if (end === undefined) return bytes
  let at = view.getUint32(end + 16, true)
  for (let i = view.getUint16(end + 10, true); i > 0 && view.getUint32(at, true) === centralSignature; i--) {
    stamp(view, at + 12)
    const local = view.getUint32(at + 42, true)
    if (view.getUint32(local, true) === localSignature) stamp(view, local + 10)
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return bytes
}

const endSignature = 0x06054b50
const centralSignature = 0x02014b50
const localSignature = 0x04034b50

/** Time and date as MS-DOS writes them: 00:00, 1980-01-01. */
const stamp = (view: DataView, at: number): void => {
  view.setUint16(at, 0, true)
  view.setUint16(at + 2, 0x21, true)
}

const endRecordOf = (view: DataView): number | undefined => {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 66_000; at--)
    if (view.getUint32(at, true) === endSignature) return at
  return undefined
}
