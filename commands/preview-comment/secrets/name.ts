const SECRET_NAME =
  /(pass(word|wd|phrase)?|secret|token|key|key_?id|credential|signature|sas|^sig|connection_?string)s?$/i;

/** Whether a variable, a parameter or a property is called like one that holds a secret. A file's or path's name is none. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);
