// An agency's OpenID provider for tests: the certified oidc-provider, with a sign-in page that
// believes the cookie "who" ({"sub", "email", "verified", "name", "acr", "amr"} as base64 JSON).
//
//   node provider.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI
import Provider from "oidc-provider";

const [port, client_id, client_secret, redirect_uri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const people = new Map();

const provider = new Provider(issuer, {
  clients: [{ client_id, client_secret, redirect_uris: [redirect_uri] }],
  claims: { openid: ["sub", "acr", "amr", "auth_time"], email: ["email", "email_verified"], profile: ["name"] },
  acrValues: ["urn:agency:strong"],
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  cookies: { keys: ["only for tests"] },
  findAccount: (ctx, sub) => ({
    accountId: sub,
    claims: () => {
      const { email, verified, name } = people.get(sub);
      return { sub, email, email_verified: verified, name };
    },
  }),
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/interaction/")) return next();
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  const who = JSON.parse(Buffer.from(ctx.cookies.get("who"), "base64").toString());
  people.set(who.sub, who);
  const grant = new provider.Grant({ accountId: who.sub, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = {
    login: { accountId: who.sub, acr: who.acr, amr: who.amr },
    consent: { grantId: await grant.save() },
  };
  return provider.interactionFinished(ctx.req, ctx.res, result);
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
