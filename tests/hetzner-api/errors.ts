/** An answer of the API that says what is wrong. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** The API's own word for it, such as `uniqueness_error`. */
    readonly code: string,
    message: string,
    readonly details: unknown = null,
  ) {
    super(message);
  }
}

export const invalidInput = (field: string, message: string): ApiError =>
  new ApiError(422, "invalid_input", `invalid input in field '${field}'`, {
    fields: [{ name: field, messages: [message] }],
  });

export const notFound = (kind: string, id: number): ApiError =>
  new ApiError(404, "not_found", `${kind} with ID '${id}' not found`);
