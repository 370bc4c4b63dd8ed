/** Steps one after the other, in the order in which they were asked for; a step that fails keeps nobody behind it waiting. */
export const openTurns = (): (<Result>(step: () => Promise<Result>) => Promise<Result>) => {
  let line: Promise<unknown> = Promise.resolve()
  return step => {
    const mine = line.then(step)
    line = mine.catch(() => undefined)
    return mine
  }
}
