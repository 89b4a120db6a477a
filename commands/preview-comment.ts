import { previewComment } from "./preview-comment/command";
import { main } from "./stack/pulumi";

/** `make preview-comment`: a preview as Markdown, as the pull request shows it. */
main(() => previewComment(process.argv.slice(2), process.env));
