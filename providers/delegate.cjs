const delegates = new Map();

/**
 * Pulumi stores a dynamic provider as serialised source in every resource's state. This one only names its
 * implementation, so that the stored text stays small and never changes, and the code on disk is what runs.
 * Plain JavaScript, because a loader's own functions would be serialised with it; one object per name, because Pulumi
 * serialises each object once.
 * @param {string} name key of the implementation in `implementations`
 */
module.exports.delegate = function (name) {
  if (!delegates.has(name)) delegates.set(name, delegateTo(name));
  return delegates.get(name);
};

function delegateTo(name) {
  return {
    check: (olds, news) => require("@vpai/providers").implementations[name].check(olds, news),
    diff: (id, olds, news) => require("@vpai/providers").implementations[name].diff(id, olds, news),
    create: (inputs) => require("@vpai/providers").implementations[name].create(inputs),
    read: (id, props) => require("@vpai/providers").implementations[name].read(id, props),
    update: (id, olds, news) => require("@vpai/providers").implementations[name].update(id, olds, news),
    delete: (id, props) => require("@vpai/providers").implementations[name].delete(id, props),
  };
}
