/** One object for equal texts: a fleet says the same few hundred words a hundred thousand times. */
export const openInterned = (): ((text: string) => string) => {
  const known = new Map<string, string>()
  return text => {
    const one = known.get(text)
    if (one !== undefined) return one
    known.set(text, text)
    return text
  }
}
