import { wireIdOf, type CheckRow } from '../ledger/checks.ts'
import { wishMs } from '../store/lease-store.ts'
import type { Store } from '../store/store.ts'

/** Tests that a person wants now. Kept in the store, and in memory so that no batch has to ask there. */
export interface WishList {
  add(uplink: string): Promise<{ untilMs: number }>
  /** False when nobody wished. */
  remove(uplink: string): Promise<boolean>
  /** A lease was granted for it. */
  served(uplink: string): void
  /** When the wish for an uplink ends; undefined when there is none. */
  untilMs(uplink: string): number | undefined
  /** Wire ids of the checks that agents of these devices should run now. */
  dueOf(devices: ReadonlySet<string>): readonly string[]
}

export interface WishDeps {
  readonly store: Pick<Store, 'wishes' | 'wishTest' | 'dropWish'>
  readonly uplinkCheck: (uplink: string) => CheckRow | undefined
  readonly now: () => number
}

export const openWishes = async ({ store, uplinkCheck, now }: WishDeps): Promise<WishList> => {
  const asked = new Map((await store.wishes()).map(wish => [wish.uplink, wish.askedMs]))
  const untilOf = (uplink: string): number | undefined => {
    const askedMs = asked.get(uplink)
    if (askedMs === undefined) return undefined
    // Dated later than now: the clock came back, so it was asked now.
    if (askedMs > now()) asked.set(uplink, now())
    const untilMs = Math.min(askedMs, now()) + wishMs
    if (untilMs > now()) return untilMs
    asked.delete(uplink)
    return undefined
  }
  return {
    add: async uplink => {
      const askedMs = now()
      await store.wishTest({ uplink, askedMs })
      asked.set(uplink, askedMs)
      return { untilMs: askedMs + wishMs }
    },
    remove: async uplink => {
      const wished = untilOf(uplink) !== undefined
      asked.delete(uplink)
      return (await store.dropWish(uplink)) && wished
    },
    served: uplink => void asked.delete(uplink),
    untilMs: untilOf,
    dueOf: devices => {
      if (asked.size === 0) return []
      return [...asked.keys()].flatMap(uplink => {
        const check = untilOf(uplink) === undefined ? undefined : uplinkCheck(uplink)
        return check !== undefined && devices.has(check.device) ? [wireIdOf(check)] : []
      })
    }
  }
}
