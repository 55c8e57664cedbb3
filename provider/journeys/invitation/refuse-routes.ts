/** Declining, by the link alone or signed in: a page that asks once more, then the act. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { field, queryField } from '../../http/forms.ts';
import { lookOf } from '../../tenant/look.ts';
import { scopeFor, type Web } from '../web.ts';
import { asInvited, pathTo } from './answer-routes.ts';
import { goDone } from './conclude.ts';
import { type Offered, offeredBy } from './offer.ts';
import { refuse } from './refuse.ts';

const BY_LINK = '/invitation/refuser';
const SIGNED_IN = '/invitation/reponse/:id/refuser';

export function refuseRoutes(router: Router, web: Web): void {
  router.get(BY_LINK, async (ctx) => {
    const token = queryField(ctx, 'jeton');
    const offered = await offeredBy(ctx, web, token);
    if (!offered) return;
    const backPath = `/invitation?jeton=${encodeURIComponent(token)}`;
    show(ctx, web, { offered, token, path: BY_LINK, backPath });
  });
  router.post(BY_LINK, async (ctx) => {
    const token = field(ctx, 'jeton');
    const offered = await offeredBy(ctx, web, token);
    if (!offered) return;
    await conclude(ctx, offered, null, async () => {
      await offeredBy(ctx, web, token);
    });
  });
  router.get(SIGNED_IN, (ctx) =>
    asInvited(ctx, web, ({ offered }) => {
      const backPath = pathTo(offered.invitation.id);
      show(ctx, web, { offered, token: null, path: `${backPath}/refuser`, backPath });
    }),
  );
  router.post(SIGNED_IN, (ctx) =>
    asInvited(ctx, web, ({ account, offered }) =>
      conclude(ctx, offered, account.id, () => asInvited(ctx, web, () => {})),
    ),
  );
}

/** `answered`: tells what happened to an invitation that somebody answered meanwhile. */
async function conclude(
  ctx: Context,
  { invitation }: Offered,
  accountId: string | null,
  answered: () => Promise<void>,
): Promise<void> {
  if (await refuse(scopeFor(ctx), invitation.id, accountId)) return goDone(ctx, 'refusee');
  await answered();
}

type Asked = {
  readonly offered: Offered;
  readonly token: string | null;
  readonly path: string;
  readonly backPath: string;
};

function show(ctx: Context, web: Web, { offered, token, path, backPath }: Asked): void {
  const { caisse } = scopeFor(ctx);
  web.send(ctx, 'invitation/refuse', {
    look: lookOf(caisse),
    service: null,
    errors: [],
    token,
    offer: offered.offer,
    action: caisse.basePath + path,
    backHref: caisse.basePath + backPath,
  });
}
