/** An area, as far as a calendar must know it. */
export interface AreaNode {
  readonly id: string
  readonly parent: string | undefined
}

/** Scopes that hold for a school, the nearest first: itself, its area and all above, the whole country (''). A cycle of areas ends where it closes. */
export const lineOf = (
  school: { readonly id: string; readonly area: string },
  parents: ReadonlyMap<string, string | undefined>
): string[] => {
  const above = new Set<string>()
  for (let area: string | undefined = school.area; area !== undefined && !above.has(area); area = parents.get(area))
    above.add(area)
  return [...new Set([school.id, ...above, ''])]
}
