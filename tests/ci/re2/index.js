// gitlab-ci-local matches rules with it; JavaScript's own expressions do the same.
module.exports = RegExp;
