/** A route of Next.js, `app/hooks/wiki/route.ts`: renders the pages again that were edited. */

import { handler } from "@py-wikijs/sdk/webhooks";

declare function revalidatePath(path: string): void; // import { revalidatePath } from "next/cache";

export const POST = handler({
  secrets: process.env.WEBHOOK_SECRET!,
  on: {
    "page.updated": ({ data }) => revalidatePath(`/wiki/${data.page.path}`),
    "page.moved": ({ data }) => {
      revalidatePath(`/wiki/${data.page.path}`);
      const { path } = data.change.previous as { path?: string };
      if (path) revalidatePath(`/wiki/${path}`);
    },
  },
  onError: (error, event) => console.error(event.id, error),
});
