import { sameWith, type PageContext } from '../context.ts'

export interface Paged<Item> {
  readonly items: readonly Item[]
  readonly total: number
  /** First and last shown, from 1; 0 when there is nothing. */
  readonly from: number
  readonly to: number
  readonly page: number
  readonly pages: number
  readonly previous: string | undefined
  readonly next: string | undefined
}

/** One page of a list with the links to its neighbours. A page past the end is the last one: lists shrink under a reader. */
export const paged = <Item>(
  context: PageContext,
  all: readonly Item[],
  asked: number,
  size: number,
  anchor: string
): Paged<Item> => {
  const pages = Math.max(1, Math.ceil(all.length / size))
  const page = Math.min(asked, pages)
  const items = all.slice((page - 1) * size, page * size)
  const link = (to: number) => `${sameWith(context, { page: to === 1 ? '' : String(to) })}#${anchor}`
  return {
    items,
    total: all.length,
    from: items.length === 0 ? 0 : (page - 1) * size + 1,
    to: (page - 1) * size + items.length,
    page,
    pages,
    previous: page > 1 ? link(page - 1) : undefined,
    next: page < pages ? link(page + 1) : undefined
  }
}
