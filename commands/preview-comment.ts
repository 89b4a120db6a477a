import { previewComment } from "./preview-comment/command";
import { main } from "./pulumi";

/** `make preview-comment`: a preview as Markdown, as the pull request shows it. */
main(() => previewComment(process.argv.slice(2), process.env));
