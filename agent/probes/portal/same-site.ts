import { isIP } from 'node:net'

/** Whether two hosts are one site: equal, or one below the other, `www.` aside. An address is one site with itself only. */
export const isSameSite = (a: string, b: string): boolean => {
  const [left, right] = [bare(a), bare(b)]
  if (left === right) return true
  if (isIP(left) !== 0 || isIP(right) !== 0) return false
  return left.endsWith(`.${right}`) || right.endsWith(`.${left}`)
}

const bare = (host: string): string =>
  host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^www\./, '')
