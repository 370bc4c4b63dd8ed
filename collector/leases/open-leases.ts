import type { FastifyBaseLogger } from 'fastify'
import type { CollectorKey } from '../keys.ts'
import { openPresence, type PresenceLog } from '../receive/presence.ts'
import type { Roster } from '../receive/roster.ts'
import type { Store } from '../store/store.ts'
import { openAtlas, type AtlasShelf } from './atlas.ts'
import { openDesk, type Desk } from './desk.ts'
import type { Policy } from './terms.ts'
import { partOfDay } from './windows.ts'
import { openWishes, type WishList } from './wishes.ts'

/** Everything about leases, wired. */
export interface Leases {
  readonly desk: Desk
  readonly wishes: WishList
  readonly presence: PresenceLog
  readonly atlas: AtlasShelf
  readonly policy: Policy
}

export interface LeasesDeps {
  readonly store: Store
  readonly roster: Roster
  readonly key: CollectorKey
  readonly policy: Policy
  readonly now: () => number
  readonly log: FastifyBaseLogger
}

export const openLeases = async ({ store, roster, key, policy, now, log }: LeasesDeps): Promise<Leases> => {
  const atlas = openAtlas(store, now)
  const wishes = await openWishes({ store, uplinkCheck: roster.uplinkCheck, now })
  const presence = openPresence({ store, partOfDay: atMs => partOfDay(policy.windows, atMs), log })
  const signer = { kind: 'collector', privateKey: key.privateKey } as const
  const desk = openDesk({ store, atlas, policy, signer, now, wishServed: wishes.served })
  return { desk, wishes, presence, atlas, policy }
}
