import { Eta } from 'eta'
import type { AgentsPage } from '../routes/pages/model/agents.ts'
import type { AreasPage } from '../routes/pages/model/areas.ts'
import type { BulletinPage } from '../routes/pages/model/bulletin.ts'
import type { BulletinsPage } from '../routes/pages/model/bulletins.ts'
import type { OverviewPage } from '../routes/pages/model/overview.ts'
import type { ProblemPage } from '../routes/pages/model/problem.ts'
import type { RankingPage } from '../routes/pages/model/ranking.ts'
import type { RemindersPage } from '../routes/pages/model/reminders.ts'
import type { SchoolPage } from '../routes/pages/model/school.ts'

/** Which template takes which model. */
interface Views {
  readonly overview: OverviewPage
  readonly areas: AreasPage
  readonly ranking: RankingPage
  readonly bulletins: BulletinsPage
  readonly bulletin: BulletinPage
  readonly reminders: RemindersPage
  readonly school: SchoolPage
  readonly agents: AgentsPage
  readonly problem: ProblemPage
}

export const viewsDirectory = import.meta.dirname

/**
 * Text for HTML, safe in an element and in a quoted attribute. Control characters and the invisible ones that turn the direction of
 * writing (a name from the ledger must not rewrite its neighbours) become a visible mark.
 */
export const escapeText = (value: unknown): string =>
  String(value)
    .replace(/\p{Cc}|[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, character =>
      character === '\n' || character === '\t' ? character : '\uFFFD'
    )
    .replace(/[&<>"']/g, character => entities[character] ?? '')

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

const eta = new Eta({ views: viewsDirectory, cache: true, autoEscape: true, escapeFunction: escapeText })

/** A whole HTML document. */
export const render = <View extends keyof Views>(view: View, model: Views[View]): string => eta.render(view, model)
