import { describeReadme } from "../testing/describe-readme.js";

describeReadme("ab-test");
