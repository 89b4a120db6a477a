/** Why a container's root stays writable, for images that the lab has a stand-in for. */
export const UNSEEN = "the lab has a stand-in: where the image itself writes was not seen";
