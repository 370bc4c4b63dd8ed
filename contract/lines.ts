/**
 * Cuts a stream of bytes into lines of UTF-8. `onLine` gets each without its newline; returns false once a line is longer than `limit`
 * bytes: the stream is not to be read any further then.
 */
export const openLines = (limit: number, onLine: (line: string) => void): ((bytes: Uint8Array) => boolean) => {
  let kept = Buffer.alloc(0)
  return bytes => {
    kept = Buffer.concat([kept, bytes])
    let end = kept.indexOf(10)
    while (end >= 0) {
      if (end > limit) return false
      const line = kept.toString('utf8', 0, end)
      kept = kept.subarray(end + 1)
      if (line.trim() !== '') onLine(line)
      end = kept.indexOf(10)
    }
    return kept.length <= limit
  }
}
