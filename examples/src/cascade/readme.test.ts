import { describeReadme } from "../testing/describe-readme.js";

describeReadme("cascade");
